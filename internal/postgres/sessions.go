package postgres

import (
	"fmt"
	"strings"
)

// sessionOf is SQL for the market session in which a signal fired: Monday to Friday, by each place's own clock. If two
// places are open, the later opening counts. @zone is the user's zone, which decides what is a weekend.
var sessionOf = `case
    when ` + openIn("Europe/London", "08:00", "17:00") + ` and ` + openIn("America/New_York", "08:00", "17:00") + ` then 'london_new_york'
    when ` + openIn("America/New_York", "08:00", "17:00") + ` then 'new_york'
    when ` + openIn("Europe/London", "08:00", "17:00") + ` then 'london'
    when ` + openIn("Asia/Tokyo", "09:00", "18:00") + ` then 'tokyo'
    when extract(isodow from "timestamp" at time zone @zone) > 5 then 'weekend'
    else 'other' end`

// usSessionOf is SQL for the trading hours of US stocks in which a signal fired, by New York's clock, Monday to Friday.
// It does not know holidays.
var usSessionOf = `case
    when ` + openIn("America/New_York", "04:00", "09:30") + ` then 'pre_market'
    when ` + openIn("America/New_York", "09:30", "16:00") + ` then 'regular'
    when ` + openIn("America/New_York", "16:00", "20:00") + ` then 'after_hours'
    else 'closed' end`

func openIn(zone, from, to string) string {
	at := `("timestamp" at time zone '` + zone + `')`
	return "(extract(isodow from " + at + ") < 6 and " + at + "::time >= '" + from + "' and " + at + "::time < '" + to + "')"
}

// bySession groups by a session, which the expression of computes for a moment. That takes a dozen conversions between
// zones, so it is done only for the moments of a month at which the session may change, and each signal is placed between
// two of those. changes are such moments of a day, each a zone and a time of its clock.
func bySession(of string, names []string, changes ...[2]string) grouping {
	list := "array['" + strings.Join(names, "', '") + "']"
	code := "array_position(" + list + ", " + of + ")"
	values := make([]string, len(changes))
	for i, c := range changes {
		values[i] = fmt.Sprintf("(%s, interval '%s')", c[0], c[1])
	}
	return grouping{
		text: "(" + list + ")[key]",
		key: `case when s."timestamp" >= k.since and s."timestamp" < k.until then k.codes[width_bucket(s."timestamp", k.bounds)]
                else ` + code + ` end`,
		stretch: `cross join lateral (
  select min("timestamp") as since, max("timestamp") as until, array_agg("timestamp" order by "timestamp") as bounds, array_agg(code order by "timestamp") as codes
  from (
    select "timestamp", ` + code + ` as code
    from (
      -- A clock that is put back shows a time twice: the other one is half an hour or an hour away.
      select distinct ((day + change.clock) at time zone change.zone) + shift as "timestamp"
      from generate_series(m.month - interval '2 days', m.month + interval '1 month 2 days', interval '1 day') day
      cross join (values ` + strings.Join(values, ", ") + `) as change (zone, clock)
      cross join (values (interval '0'), (interval '-1 hour'), (interval '-30 minutes'), (interval '30 minutes'), (interval '1 hour')) as twice (shift)
    ) moments
  ) coded
) k`,
	}
}

var (
	sessions = bySession(sessionOf, []string{"tokyo", "london", "london_new_york", "new_york", "weekend", "other"},
		[2]string{"'Asia/Tokyo'", "09:00"}, [2]string{"'Asia/Tokyo'", "18:00"}, [2]string{"'Europe/London'", "08:00"}, [2]string{"'Europe/London'", "17:00"},
		[2]string{"'America/New_York'", "08:00"}, [2]string{"'America/New_York'", "17:00"}, [2]string{"@zone", "00:00"})
	usSessions = bySession(usSessionOf, []string{"pre_market", "regular", "after_hours", "closed"},
		[2]string{"'America/New_York'", "04:00"}, [2]string{"'America/New_York'", "09:30"}, [2]string{"'America/New_York'", "16:00"}, [2]string{"'America/New_York'", "20:00"})
)
