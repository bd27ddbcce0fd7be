package alert

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatPeopleGetWrongIsRepaired(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"NaN, Infinity":              {`{"price":NaN,"a":Infinity,"b":-Infinity}`, `{"price":null,"a":null,"b":null}`},
		"undefined, None, na":        {`{"price":undefined,"a":None,"b":na}`, `{"price":null,"a":null,"b":null}`},
		"a placeholder":              {`{"price":{{plot("RSI, fast")}},"a":{{b}} }`, `{"price":null,"a":null}`},
		"an empty value":             {`{"price":,"a": }`, `{"price":null,"a":null}`},
		"an empty value at a line":   {"{\"price\":\n\"ticker\":\"A\"}", `{"price":null,"ticker":"A"}`},
		"an empty value, no comma":   {"{\"price\": // none\n\"ticker\":\"A\"}", `{"price":null,"ticker":"A"}`},
		"a value on the next line":   {"{\"price\":\n  \"1\",}", `{"price":"1"}`},
		"True, False":                {`{"is_buy":True,"a":False}`, `{"is_buy":true,"a":false}`},
		"trailing commas":            {`{"ticker":"A","a":[1,2,],}`, `{"ticker":"A","a":[1,2]}`},
		"a comma between lines":      {"{\"ticker\":\"A\"\n\"price\":1\n\"a\":[1]\n\"b\":true}", `{"ticker":"A","price":1,"a":[1],"b":true}`},
		"missing closers":            {`{"ticker":"A","a":[{"b":1`, `{"ticker":"A","a":[{"b":1}]}`},
		"a missing closer, array":    {`[{"ticker":"A"}`, `[{"ticker":"A"}]`},
		"what follows the last":      {`{"ticker":"A"};=,` + "\n", `{"ticker":"A"}`},
		"single quotes":              {`{'ticker':'A','comment':'it's up'}`, `{"ticker":"A","comment":"it's up"}`},
		"typographic quotes":         {`{“ticker”: „A“, «a»: ‘b’}`, `{"ticker":"A","a":"b"}`},
		"other quotes within":        {`{'ticker':'A','a':'say "x"'}`, `{"ticker":"A","a":"say \"x\""}`},
		"unquoted keys":              {`{ticker:"A",my key:1,señal_2:"x"}`, `{"ticker":"A","my key":1,"señal_2":"x"}`},
		"unquoted values":            {"{\"ticker\":BINANCE:BTCUSDT.P,\"a\":two words\n,\"b\":x}", `{"ticker":"BINANCE:BTCUSDT.P","a":"two words","b":"x"}`},
		"an unquoted URL":            {`{"url":https://a.b/c?d=e,}`, `{"url":"https://a.b/c?d=e"}`},
		"comments":                   {"{ // one\n\"ticker\":/* two */\"A\" /* three */, // \"price\":2\n\"a\":1}//", `{"ticker":"A","a":1}`},
		"a comment after bare words": {"{\"ticker\":ABC // x\n}", `{"ticker":"ABC"}`},
		"raw control characters":     {"{\"ticker\":\"A\",\"message\":\"one\ntwo\tthree\x01\"}", `{"ticker":"A","message":"one\ntwo\tthree\u0001"}`},
		"a quote in a string":        {`{"ticker":"A","message":"the "b" one"}`, `{"ticker":"A","message":"the \"b\" one"}`},
		"arithmetic":                 {`{"ticker":"A","sl":10 - 2 * 3}`, `{"ticker":"A","sl":"10 - 2 * 3"}`},
		"arithmetic on placeholders": {`{"ticker":"A","sl":{{close}}*0.98}`, `{"ticker":"A","sl":"{{close}}*0.98"}`},
		"numbers as JSON has none":   {`{"ticker":"A","a":.5,"b":+1,"c":01,"d":1.}`, `{"ticker":"A","a":".5","b":"+1","c":"01","d":"1."}`},
		"escapes":                    {`{'ticker':'A','a':'\n\t\r\b\f\/\\\u00e9\ud83d\ude80'}`, `{"ticker":"A","a":"\n\t\r\b\f/\\é🚀"}`},
		"a comment without an end":   {`{"ticker":"A" /* and so on`, `{"ticker":"A"}`},
		"a name after two lines":     {"{ticker:\"A\"\n\nsecond key:1\n\"a\":\"b\"}", `{"ticker":"A","second key":1,"a":"b"}`},
		"an empty array":             {`{"ticker":"A","a":[],}`, `{"ticker":"A","a":[]}`},
		"an escape as it is":         {`{"ticker":"A","a":"\x \u12 \' \""}`, `{"ticker":"A","a":"x u12 ' \""}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := Read([]byte(c.body))
			if a.ParseStatus != "repaired" {
				t.Fatalf("status %s: %s", a.ParseStatus, c.body)
			}
			var got, want any
			if err := json.Unmarshal(a.Parsed, &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNoJSONIsNotRepaired(t *testing.T) {
	t.Parallel()
	text := want{"parse_status": "text"}
	readExamples(t, map[string]example{
		"words in brackets":           {`[BINANCE:ADAUSDT] buy`, want{"parse_status": "text", "ticker": "BINANCE:ADAUSDT"}},
		"words in braces":             {`{buy} now`, text},
		"a comma missing on the line": {`{"ticker":"A" "price":1}`, text},
		"a colon missing":             {`{"ticker" "A"}`, text},
		"a string without its end":    {`{"ticker":"A`, text},
		"a brace too many":            {`{"tickers":"A"}}`, text},
		"two objects":                 {`{"tickers":"A"} {"tickers":"B"}`, text},
		"words after the last brace":  {`{"tickers":"A"} buy`, text},
		"a bracket closed by a brace": {`{"ticker":"A","a":[1}`, text},
		"a placeholder alone":         {`{{ticker}}`, text},
		"a placeholder without end":   {`{"ticker":{{close`, text},
		"a sign before JSON":          {`= {"tickers":"A",}`, text},
	})
}
