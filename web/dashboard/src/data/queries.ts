import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import type { paths } from "atalaya-client";

import { api, unwrap, type Config, type Signal, type SignalChanges } from "./client";
import { InTurn } from "./inTurn";
import { untilSaid } from "./untilSaid";

type ListQuery = NonNullable<paths["/api/signals"]["get"]["parameters"]["query"]>;
/** Filters are the list's filters as they stand in the page's URL. */
export type Filters = Omit<ListQuery, "limit" | "offset" | "cursor">;

const pageSize = 50;

async function readPage(filters: Filters, cursor?: string) {
  const asked = Date.now(); // what arrived before is in the answer
  return { ...(await unwrap(api.GET("/api/signals", { params: { query: { ...filters, limit: pageSize, cursor } } }))), asked };
}

export type Page = Awaited<ReturnType<typeof readPage>>;

export function useSignals(filters: Filters) {
  return useInfiniteQuery({
    queryKey: ["signals", filters],
    queryFn: ({ pageParam }) => readPage(filters, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false, // a list never moves while somebody reaches for a row
  });
}

/** useSignal reads a signal. again is the time in ms after which it is read again, if the event stream may be late. */
export function useSignal(id: string, again: number | false = false) {
  return useQuery({
    queryKey: ["signal", id],
    refetchInterval: again,
    queryFn: async () => (await unwrap(api.GET("/api/signals/{id}", { params: { path: { id } } }))).data,
  });
}

export function useConfig() {
  return useQuery({ queryKey: ["config"], queryFn: async () => (await unwrap(api.GET("/api/config"))).data });
}

export function useStats() {
  return useQuery({ queryKey: ["stats"], queryFn: async () => (await unwrap(api.GET("/api/stats"))).data });
}

type StatsQuery = NonNullable<paths["/api/stats"]["get"]["parameters"]["query"]>;

/** useStatistics computes the statistics of the signals behind the filters, and of their groups. */
export function useStatistics(filters: Filters, groupBy: NonNullable<StatsQuery["group_by"]>) {
  return useQuery({
    queryKey: ["stats", "filtered", filters, groupBy],
    queryFn: () => unwrap(api.GET("/api/stats", { params: { query: { ...filters, group_by: groupBy } } })),
    placeholderData: keepPreviousData,
  });
}

export function useEquity(filters: Filters) {
  return useQuery({
    queryKey: ["stats", "equity", filters],
    queryFn: () => unwrap(api.GET("/api/stats/equity", { params: { query: { ...filters, points: 800 } } })),
    placeholderData: keepPreviousData,
  });
}

export function useCalendar(filters: Filters, year: number | undefined) {
  return useQuery({
    queryKey: ["stats", "calendar", filters, year],
    queryFn: () => unwrap(api.GET("/api/stats/calendar", { params: { query: { ...filters, year } } })),
    placeholderData: keepPreviousData,
  });
}

export function useHistogram(filters: Filters, of: "pnl" | "r") {
  return useQuery({
    queryKey: ["stats", "histogram", filters, of],
    queryFn: () => unwrap(api.GET("/api/stats/histogram", { params: { query: { ...filters, of } } })),
    placeholderData: keepPreviousData,
  });
}

export function useQuota() {
  return useQuery({ queryKey: ["quota"], queryFn: async () => (await unwrap(api.GET("/api/quota"))).quota });
}

type DeliveryQuery = NonNullable<paths["/api/deliveries"]["get"]["parameters"]["query"]>;

/** DeliveryFilters narrow the log by an alert's outcome and by the days of its arrival. */
export type DeliveryFilters = Pick<DeliveryQuery, "outcome" | "from" | "to">;

export function useDeliveries(filters: DeliveryFilters) {
  return useInfiniteQuery({
    queryKey: ["deliveries", filters],
    queryFn: ({ pageParam }) => unwrap(api.GET("/api/deliveries", { params: { query: { ...filters, cursor: pageParam } } })),
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** useReplayable counts the deliveries that a replay of many would replay. */
export function useReplayable(filters: DeliveryFilters) {
  return useQuery({
    queryKey: ["deliveries", "replayable", filters],
    queryFn: () => unwrap(api.GET("/api/deliveries/replay", { params: { query: filters } })),
    staleTime: 0,
  });
}

/** useSignalDeliveries lists the deliveries that made a signal or repeat it. */
export function useSignalDeliveries(signal: string) {
  return useQuery({
    queryKey: ["deliveries", "signal", signal],
    queryFn: async () => (await unwrap(api.GET("/api/deliveries", { params: { query: { signal, limit: 20 } } }))).data,
  });
}

// Marks of one signal arrive in their order.
const marks = new InTurn();

/** patchSignals replaces signals in the loaded lists. */
export function patchSignals(client: QueryClient, changed: ReadonlyMap<string, Signal>): void {
  client.setQueriesData<InfiniteData<Page>>({ queryKey: ["signals"] }, (lists) => {
    if (!lists?.pages?.some((page) => page.data.some((signal) => changed.has(signal.id)))) return lists;
    return { ...lists, pages: lists.pages.map((page) => patchPage(page, changed)) };
  });
  for (const [id, signal] of changed) client.setQueryData<Signal>(["signal", id], (known) => known && signal);
}

/** tellSignals is patchSignals for signals from the service. It leaves out signals that have a newer mark under way. */
export function tellSignals(client: QueryClient, changed: ReadonlyMap<string, Signal>): void {
  patchSignals(client, new Map([...changed].filter(([id]) => !marks.busy(id))));
}

function patchPage(page: Page, changed: ReadonlyMap<string, Signal>): Page {
  if (!page.data.some((signal) => changed.has(signal.id))) return page;
  return { ...page, data: page.data.map((signal) => changed.get(signal.id) ?? signal) };
}

/** isListed reports whether every loaded list holds a signal. */
export function isListed(client: QueryClient, id: string): boolean {
  const lists = client.getQueriesData<InfiniteData<Page>>({ queryKey: ["signals"] });
  return lists.every(([, list]) => list?.pages?.some((page) => page.data.some((one) => one.id === id)));
}

function loadedSignal(client: QueryClient, id: string): Signal | undefined {
  for (const [, lists] of client.getQueriesData<InfiniteData<Page>>({ queryKey: ["signals"] })) {
    for (const page of lists?.pages ?? []) {
      const signal = page.data.find((one) => one.id === id);
      if (signal) return signal;
    }
  }
  return client.getQueryData<Signal>(["signal", id]);
}

/** useMark records a signal's outcome. It is shown at once, and reverted if the service refuses it. */
export function useMark() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, changes }: { id: string; changes: SignalChanges }) =>
      marks.do(id, async () => (await unwrap(api.PATCH("/api/signals/{id}", { params: { path: { id } }, body: changes }))).data),
    onMutate: ({ id, changes }) => {
      const before = loadedSignal(client, id);
      if (before) patchSignals(client, new Map([[id, { ...before, ...(changes as Partial<Signal>) }]]));
      return { before };
    },
    onError: (_error, { id }, context) => {
      const before = context?.before;
      if (before) patchSignals(client, new Map([[id, before]]));
    },
    onSuccess: (signal) => {
      tellSignals(client, new Map([[signal.id, signal]]));
      void client.invalidateQueries({ queryKey: ["stats"] });
    },
  });
}

export function useDeleteSignal() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/signals/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["signals"] });
      void client.invalidateQueries({ queryKey: ["stats"] });
    },
  });
}

export function useCaptureAgain() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/signals/{id}/screenshot", { params: { path: { id } } })),
    onSuccess: (_answer, id) => void client.invalidateQueries({ queryKey: ["signal", id] }),
  });
}

type ConfigChanges = NonNullable<paths["/api/config"]["put"]["requestBody"]>["content"]["application/json"];

export function useChangeConfig() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: ConfigChanges) => unwrap(api.PUT("/api/config", { body: changes })),
    onSuccess: (answer) => client.setQueryData<Config>(["config"], answer.data),
  });
}

export function useRotateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/config/webhook-token")),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["config"] }),
  });
}

export function useCheckCookies() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => untilSaid(() => unwrap(api.POST("/api/config/cookies/check"))),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["config"] }),
  });
}

export function useReplay() {
  const client = useQueryClient();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ["deliveries"] });
    void client.invalidateQueries({ queryKey: ["signals"] });
  };
  const one = useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/deliveries/{id}/replay", { params: { path: { id } } })),
    onSuccess: refresh,
  });
  // A request replays a hundred at most; the quota may end it earlier.
  const many = useMutation({
    mutationFn: async (filters: DeliveryFilters) => {
      for (let replayed = 0; ; ) {
        const answer = await unwrap(api.POST("/api/deliveries/replay", { params: { query: filters } }));
        replayed += answer.replayed;
        if (!answer.more || answer.replayed === 0) return { replayed, refused: answer.refused };
      }
    },
    onSettled: refresh,
  });
  return { one, many };
}
