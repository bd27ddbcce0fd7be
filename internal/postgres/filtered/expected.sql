-- name: Expected :one
-- The longest losing streak to expect among so many wins and losses.
select case when n >= 20 and p > 0 and p < 1 then round(ln(n * p) / -ln(1 - p), 2) end
from (select n, @wins::bigint / nullif(n, 0) as p from (select (@wins::bigint + @losses::bigint)::numeric as n) counts) rates;
