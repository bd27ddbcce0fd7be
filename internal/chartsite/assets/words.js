// What the page says in the languages that it speaks here.

const languages = {
  en: {
    units: { h: "h", D: "D", W: "W", M: "M", s: "s" },
    chart: (symbol, interval) => `Chart for ${symbol}, ${interval}`,
    spans: { m: ["minute", "minutes"], h: ["hour", "hours"], D: ["day", "days"], W: ["week", "weeks"], M: ["month", "months"], s: ["second", "seconds"] },
    search: "Symbol Search", noSymbol: "Invalid symbol", noData: "No data here", failed: "Something went wrong", forbidden: "No data for you here",
  },
  es: {
    units: { h: "h", D: "D", W: "S", M: "M", s: "s" },
    chart: (symbol, interval) => `Gráfico de ${symbol}, ${interval}`,
    spans: { m: ["minuto", "minutos"], h: ["hora", "horas"], D: ["día", "días"], W: ["semana", "semanas"], M: ["mes", "meses"], s: ["segundo", "segundos"] },
    search: "Búsqueda de símbolos", noSymbol: "Símbolo incorrecto", noData: "No hay datos aquí", failed: "Algo ha ido mal", forbidden: "No hay datos para usted",
  },
  tr: {
    units: { h: "s", D: "G", W: "H", M: "A", s: "sn" },
    chart: (symbol, interval) => `${symbol} grafiği, ${interval}`,
    spans: { m: ["dakika", "dakika"], h: ["saat", "saat"], D: ["gün", "gün"], W: ["hafta", "hafta"], M: ["ay", "ay"], s: ["saniye", "saniye"] },
    search: "Sembol Arama", noSymbol: "Hatalı sembol", noData: "Burada veri yok", failed: "Bir şeyler ters gitti", forbidden: "Veri yok",
  },
  fr: {
    units: { h: "h", D: "J", W: "S", M: "M", s: "s" },
    chart: (symbol, interval) => `Graphique de ${symbol}, ${interval}`,
    spans: { m: ["minute", "minutes"], h: ["heure", "heures"], D: ["jour", "jours"], W: ["semaine", "semaines"], M: ["mois", "mois"], s: ["seconde", "secondes"] },
    search: "Recherche de symbole", noSymbol: "Symbole invalide", noData: "Pas de données ici", failed: "Une erreur s'est produite", forbidden: "Pas de données",
  },
  ja: {
    units: { h: "時間", D: "日", W: "週", M: "ヶ月", s: "秒" },
    chart: (symbol, interval) => `${symbol}、${interval}のチャート`,
    spans: { m: ["分", "分"], h: ["時間", "時間"], D: ["日", "日"], W: ["週", "週"], M: ["ヶ月", "ヶ月"], s: ["秒", "秒"] },
    search: "シンボル検索", noSymbol: "無効なシンボル", noData: "ここにはデータがありません", failed: "問題が発生しました", forbidden: "データがありません",
  },
  ar: {
    units: { h: "س", D: "ي", W: "أ", M: "ش", s: "ث" },
    chart: (symbol, interval) => `الرسم البياني ${symbol}، ${interval}`,
    spans: { m: ["دقيقة", "دقائق"], h: ["ساعة", "ساعات"], D: ["يوم", "أيام"], W: ["أسبوع", "أسابيع"], M: ["شهر", "أشهر"], s: ["ثانية", "ثوان"] },
    search: "البحث عن الرمز", noSymbol: "رمز غير صالح", noData: "لا توجد بيانات هنا", failed: "حدث خطأ ما", forbidden: "لا توجد بيانات",
  },
};

export class Words {
  constructor(language) {
    Object.assign(this, languages[language] ?? languages.en);
  }

  // shortInterval returns an interval as the legend writes it: 15, 1h, 1D.
  shortInterval(code) {
    const [count, unit] = counted(code);
    return unit === "m" ? count : count + this.units[unit];
  }

  // span returns an interval in words: 1 hour.
  span(code) {
    const [count, unit] = counted(code);
    return `${count} ${this.spans[unit][count === "1" ? 0 : 1]}`;
  }

  // label returns the label of a chart's topmost canvas.
  label(symbol, code) {
    return this.chart(symbol, this.span(code));
  }
}

// counted splits an interval in TradingView's form: 240 is 4 of h, 1D is 1 of D.
function counted(code) {
  const [, number, letter] = /^(\d*)([SDWM]?)$/.exec(code);
  if (letter) return [number || "1", letter === "S" ? "s" : letter];
  return number % 60 === 0 ? [String(number / 60), "h"] : [number, "m"];
}
