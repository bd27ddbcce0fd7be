// Notification channels and what was sent through them.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { components, paths } from "atalaya-client";

import { api, unwrap } from "./client";

export type Channel = components["schemas"]["ChannelView"];
export type ChannelSettings = components["schemas"]["ChannelSettings"];
export type ChannelTest = components["schemas"]["ChannelTestOutputBody"];
export type Connection = components["schemas"]["ChannelConnectOutputBody"];
export type Notification = components["schemas"]["NotificationView"];

/** kinds are the services that a channel sends through, in the order in which they are offered. */
export const kinds = ["telegram", "discord", "email", "ntfy", "slack", "webhook"] as const;
export type Kind = (typeof kinds)[number];

export function useChannels() {
  return useQuery({ queryKey: ["channels"], queryFn: async () => (await unwrap(api.GET("/api/channels"))).data });
}

type NewChannel = NonNullable<paths["/api/channels"]["post"]["requestBody"]>["content"]["application/json"];
export type ChannelChanges = components["schemas"]["ChannelMembers"];

/** useChannelActions returns what an owner does with a channel. Each action reads the list again. */
export function useChannelActions() {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ["channels"] });
  const create = useMutation({ mutationFn: (body: NewChannel) => unwrap(api.POST("/api/channels", { body })), onSuccess });
  const change = useMutation({
    mutationFn: ({ id, changes }: { id: string; changes: ChannelChanges }) => unwrap(api.PATCH("/api/channels/{id}", { params: { path: { id } }, body: changes })),
    onSuccess,
  });
  const remove = useMutation({ mutationFn: (id: string) => unwrap(api.DELETE("/api/channels/{id}", { params: { path: { id } } })), onSuccess });
  const test = useMutation({ mutationFn: (id: string) => unwrap(api.POST("/api/channels/{id}/test", { params: { path: { id } } })), onSuccess });
  return { create, change, remove, test };
}

const askEvery = 3_000; // milliseconds between two looks at whether Start was pressed

/** useConnection asks for a Telegram chat's link, and then polls whether Start was pressed there. */
export function useConnection(id: string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ["connection", id],
    queryFn: async () => {
      const answer = await unwrap(api.POST("/api/channels/{id}/connect", { params: { path: { id } } }));
      if (answer.connected) void client.invalidateQueries({ queryKey: ["channels"] });
      const before = client.getQueryData<Connection>(["connection", id]);
      return { ...answer, link: answer.link || before?.link || "", group_link: answer.group_link || before?.group_link || "", bot: answer.bot || before?.bot || "" };
    },
    refetchInterval: (query) => (query.state.data?.connected || query.state.error ? false : askEvery),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}

/** useMailLink mails the link that confirms an address once more. */
export function useMailLink() {
  return useMutation({ mutationFn: (id: string) => unwrap(api.POST("/api/channels/{id}/connect", { params: { path: { id } } })) });
}

type NotificationQuery = NonNullable<paths["/api/notifications"]["get"]["parameters"]["query"]>;
export type NotificationState = NonNullable<NotificationQuery["state"]>;

export function useNotifications(query: Pick<NotificationQuery, "state" | "channel" | "signal">) {
  return useInfiniteQuery({
    queryKey: ["notifications", query],
    queryFn: ({ pageParam }) => unwrap(api.GET("/api/notifications", { params: { query: { ...query, cursor: pageParam, limit: 20 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 5_000,
  });
}

export function useResend() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/notifications/{id}/resend", { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["notifications"] }),
  });
}
