// Generated from openapi.json by `npm run generate`. DO NOT EDIT.
export const decimals: ReadonlySet<string> = new Set([
  "avg_loss_per_loss",
  "avg_profit_per_win",
  "entry_price",
  "exit_price",
  "largest_loss",
  "largest_win",
  "price",
  "profit_factor",
  "profit_loss",
  "profit_loss_percent",
  "total_profit_loss",
  "win_rate"
]);
