import type { ReactNode } from "react";
import { Link } from "wouter";

import type { Filters } from "../data/queries";
import type { Values } from "./filters/filters";

/** listOf returns the address of the list of those filtered signals that a number counts. */
export function listOf(filters: Filters, of: Values): string {
  return `/?${new URLSearchParams({ ...(filters as Record<string, string>), ...(of as Record<string, string>) })}`;
}

/** Counted leads to the signals that a number counts. */
export function Counted({ filters, of, children }: { filters: Filters; of: Values; children: ReactNode }) {
  return (
    <Link href={listOf(filters, of)} className="underline decoration-line decoration-1 underline-offset-4 hover:decoration-current">
      {children}
    </Link>
  );
}
