package alert

import (
	"strings"
	"testing"
)

// The examples of this file are generated from the vocabulary, so that every new word is tested.

func TestEveryNameOfTheVocabularyGivesItsField(t *testing.T) {
	t.Parallel()
	examples := make(map[string]example)
	for f, given := range map[field]struct{ column, value, want string }{
		tickerField: {"ticker", "KO", "KO"}, exchangeField: {"exchange", "NYSE", "NYSE"}, priceField: {"price", "61.5", "61.5"},
		signalTypeField: {"signal_type", "Ruptura", "Ruptura"}, directionField: {"direction", "LONG", "LONG"}, positionField: {"direction", "short", "SHORT"},
		actionField: {"direction", "sell", "SHORT"}, indicatorField: {"indicator_name", "RSI 2", "RSI 2"}, chartField: {"chart_id", "aB3dE5f7", "aB3dE5f7"},
		chartURLField: {"chart_id", "https://www.tradingview.com/chart/aB3dE5f7/", "aB3dE5f7"}, intervalField: {"interval", "4h", "240"},
		timestampField: {"timestamp", "1704164645", "2024-01-02T03:04:05Z"}, messageField: {"ticker", "NYSE:KO", "NYSE:KO"},
		longFlagField: {"direction", "true", "LONG"}, shortFlagField: {"direction", "1", "SHORT"},
	} {
		nameRows[f].each(func(name string) {
			wanted := want{given.column: given.want}
			examples[name+" in JSON"] = example{nestedMember(name, given.value), wanted}
			if f != chartURLField { // a URL contains the separators of pairs and forms
				examples[name+" in pairs"] = example{name + "=" + given.value + "\nfoo: bar", wanted}
				examples[name+" in a form"] = example{name + "=" + given.value + "&foo=bar", wanted}
			}
		})
	}
	readExamples(t, examples)
}

// nestedMember returns a JSON object in which a dotted path leads to a value.
func nestedMember(path, value string) string {
	first, rest, dotted := strings.Cut(path, ".")
	if dotted {
		return `{"` + first + `":` + nestedMember(rest, value) + `}`
	}
	return `{"` + first + `":"` + value + `"}`
}

func TestEverySideWordOfTheVocabularyIsASide(t *testing.T) {
	t.Parallel()
	for _, l := range languages {
		for side, lists := range map[string][]list{long: {l.long, l.buy, l.bullish}, short: {l.short, l.sell, l.bearish}} {
			for _, words := range lists {
				words.each(func(word string) {
					capitals := strings.ToUpper(word)
					examples := map[string]example{capitals + " alone": {`{"action":"` + capitals + `"}`, want{"direction": side}}}
					if !l.capitals {
						examples[word+" in text"] = example{"¡" + word + "! 5", want{"direction": side}}
						examples[word+" in a longer word"] = example{"xx" + word + "xx", want{"direction": null}}
					} else {
						examples[word+" in small letters"] = example{`{"action":"` + word + `"}`, want{"direction": null}}
						examples[capitals+" in another language"] = example{"todo " + capitals + " alza", want{"direction": null}}
						examples[capitals+" beside its language"] = example{capitals + " Fiyat: 5", want{"direction": side}}
					}
					if l.name == "Chinese" || l.name == "Japanese" || l.name == "Korean" { // written without blanks
						delete(examples, word+" in a longer word")
					}
					readExamples(t, examples)
				})
			}
		}
	}
}

func TestASideWordAndAModifierMakeOneWord(t *testing.T) {
	t.Parallel()
	examples := make(map[string]example)
	for _, modifiers := range []list{modifiers, openingModifiers, closingModifiers} {
		modifiers.each(func(modifier string) {
			for word, side := range map[string]string{"buy": long, "sell": short, "long": long, "short": short, "largo": long, "venta": short} {
				examples[word+modifier] = example{`{"action":"` + word + modifier + `"}`, want{"direction": side}}
				examples[modifier+word] = example{modifier + word + " ya", want{"direction": side}}
			}
		})
	}
	readExamples(t, examples)
}

func TestEveryLabelOfTheVocabularyGivesItsField(t *testing.T) {
	t.Parallel()
	for _, l := range languages {
		for label, given := range map[label]struct{ column, value, want string }{
			tickerLabel: {"ticker", "ko", "KO"}, priceLabel: {"price", "61,5 ya", "61.5"}, entryLabel: {"price", "61.5", "61.5"},
			typeLabel: {"signal_type", "Cruce TSI", "Cruce TSI"}, indicatorLabel: {"indicator_name", "RSI 2", "RSI 2"},
			intervalLabel: {"interval", "4h ya", "240"}, timeLabel: {"timestamp", "2024-01-02 03:04:05 ya", "2024-01-02T03:04:05Z"},
		} {
			l.labels[label].each(func(word string) {
				readExamples(t, map[string]example{
					word + " and a colon":     {"Ojo, " + word + ": " + given.value, want{given.column: given.want, "parse_status": "text"}},
					word + " and an equals":   {"Ojo, " + strings.ToUpper(word) + " = " + given.value, want{given.column: given.want}},
					word + " in a URL":        {"https://x.com/?" + strings.ReplaceAll(word, " ", "_") + "=" + given.value, want{given.column: null}},
					word + " in another word": {"Ojo, xx" + word + "xx: " + given.value, want{given.column: null}},
				})
			})
		}
	}
}

func TestEveryVerbIsReadAsItIsSpelled(t *testing.T) {
	t.Parallel()
	examples := make(map[string]example)
	for _, v := range verbs {
		price := null
		if v.priced {
			price = "1234.5"
		}
		examples[v.text] = example{"MSFT, 60 " + v.text + " 1,234.5", want{"ticker": "MSFT", "interval": "60", "price": price, "direction": null}}
		examples[v.text+" without interval"] = example{"🔔 MSFT " + v.text + " 1'234.5", want{"ticker": "MSFT", "interval": null, "price": price}}
		examples[v.text+" on"] = example{"RSI (14, close) " + v.text + " 1 234,5 on NYSE:KO, 1D", want{"ticker": "NYSE:KO", "interval": "1D", "price": price}}
		examples[v.text+" in small letters"] = example{"MSFT " + strings.ToLower(v.text) + " 5", want{"ticker": null, "price": null}}
	}
	readExamples(t, examples)
}

func TestEveryOrderSentenceIsRead(t *testing.T) {
	t.Parallel()
	examples := make(map[string]example)
	for _, sentence := range orderSentences {
		fill := func(side, size, position string) string {
			return strings.NewReplacer("SIDE", side, "SIZE", size, "TICKER", "TXF1!", "POSITION", position).Replace("Estrategia X (1, 2): " + sentence)
		}
		examples[sentence] = example{fill("buy", "2", "3"), want{"ticker": "TXF1!", "price": null, "direction": long, "event_kind": "entry"}}
		examples[sentence+", closed"] = example{fill("sell", "2", "0"), want{"ticker": "TXF1!", "price": null, "direction": long, "event_kind": "exit"}}
		examples[sentence+", reduced"] = example{fill("sell", "2", "1"), want{"price": null, "direction": short, "event_kind": null}}
		examples[sentence+", short"] = example{fill("sell", "2", "-2"), want{"direction": short, "event_kind": "entry"}}
		examples[sentence+", with a price"] = example{fill("buy", "67.5 for 2", "2"), want{"ticker": "TXF1!", "price": "67.5", "event_kind": "entry"}}
		examples[sentence+", without blanks"] = example{strings.ReplaceAll(fill("buy", "2", "2"), " @ ", "@"), want{"ticker": "TXF1!", "price": null}}
		examples[sentence+", in capitals"] = example{strings.ToUpper(fill("buy", "2", "2")), want{"ticker": "TXF1!", "price": null, "direction": long}}
	}
	readExamples(t, examples)
}

func TestWordsOfTheVocabularyAreNoTickers(t *testing.T) {
	t.Parallel()
	examples := make(map[string]example)
	for _, words := range []list{noTickerWords, noExchanges, modifiers, openingModifiers, closingModifiers, "buy, sell, long, short"} {
		words.each(func(word string) {
			word = strings.ToUpper(word)
			examples["buy "+word+" at"] = example{"buy " + word + " at 5", want{"ticker": null}}
			examples[word+" before a stop"] = example{"buy @ 5 " + word + ". Risk 1", want{"ticker": null, "price": "5"}}
		})
	}
	noExchanges.each(func(word string) {
		examples[word+" is no exchange"] = example{word + ":ABC", want{"ticker": null}}
		examples[word+"1 is no exchange"] = example{word + "1:ABC", want{"ticker": null}}
	})
	marketKinds.each(func(word string) {
		examples[word+" is no ticker"] = example{`{"market":"` + word + `","coin":"ADA"}`, want{"ticker": "ADA"}}
		examples[word+" is no signal type"] = example{`{"type":"` + word + `"}`, want{"signal_type": null}}
	})
	for _, l := range languages {
		l.noTickers.each(func(word string) {
			examples[word+" ends in no currency"] = example{"¡" + strings.ToUpper(word) + "!", want{"ticker": null}}
		})
	}
	readExamples(t, examples)
}

func TestEveryQuoteCurrencyEndsATicker(t *testing.T) {
	t.Parallel()
	examples := make(map[string]example)
	quoteCurrencies.each(func(currency string) {
		for _, ticker := range []string{"XRP" + currency, "XRP/" + currency, "1INCH" + currency, "XRP" + currency + ".P", "XRP" + currency + "PERP"} {
			examples[ticker] = example{"Ojo con " + ticker + ", sube", want{"ticker": ticker}}
			examples[ticker+" twice"] = example{ticker + " " + ticker, want{"ticker": ticker}}
			examples[ticker+" and another"] = example{ticker + " ADA" + currency, want{"ticker": null}}
			examples[ticker+" in small letters"] = example{strings.ToLower(ticker), want{"ticker": null}}
		}
		examples[currency+" alone"] = example{"Ojo " + currency, want{"ticker": null}}
		examples["one letter before "+currency] = example{"X" + currency, want{"ticker": null}}
		examples["an amount of "+currency] = example{"1000" + currency, want{"ticker": null}}
		examples["_ before "+currency] = example{"BUY_XRP" + currency, want{"ticker": null}}
	})
	readExamples(t, examples)
}
