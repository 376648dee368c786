// [data-limit="ID"][data-max] counts what is left into #ID and draws the ring of its .counter.
// data-unit: graphemes (default), chars (code points) or x_weighted (links are 23; wide letters and emoji are 2).
// data-link: what an address counts, where a server counts all addresses alike.
{
  const segmenter = window.Intl && Intl.Segmenter ? new Intl.Segmenter() : null
  const graphemes = (text) => segmenter ? [...segmenter.segment(text)].map((part) => part.segment) : [...text]
  const LIGHT = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]]
  const LINK = /https?:\/\/[^\s]+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}(?:\/[^\s]*)?/gi

  const weigh = (letter) => {
    const point = letter.codePointAt(0)
    if (/\p{Extended_Pictographic}/u.test(letter) && [...letter].length > 1) return 2
    const each = (one) => LIGHT.some(([from, to]) => one >= from && one <= to) ? 1 : 2
    return [...letter].length > 1 ? [...letter].reduce((sum, one) => sum + each(one.codePointAt(0)), 0) : each(point)
  }

  const weighted = (text) => {
    let links = 0
    const rest = text.normalize("NFC").replace(LINK, () => { links += 1; return "" })
    return links * 23 + graphemes(rest).reduce((sum, letter) => sum + weigh(letter), 0)
  }

  const units = { graphemes: (text) => graphemes(text).length, chars: (text) => [...text].length, x_weighted: weighted }

  const WRITTEN = /https?:\/\/[^\s<>"]+/gi
  const levelled = (field) => field.dataset.link
    ? field.value.replace(WRITTEN, "x".repeat(Number(field.dataset.link))).replace(/(@[\w.-]+)@[\w.-]+/g, "$1")
    : field.value

  const show = (field) => {
    const out = document.getElementById(field.dataset.limit)
    const max = Number(field.dataset.max || field.maxLength)
    if (!out || !(max > 0)) return
    const used = (units[field.dataset.unit] || units.graphemes)(levelled(field))
    out.textContent = String(max - used)
    const box = out.closest(".counter") || out
    box.classList.toggle("is-warn", used <= max && max - used < max / 10)
    box.classList.toggle("is-bad", used > max)
    const ring = box.querySelector("circle + circle")
    if (ring) ring.setAttribute("stroke-dasharray", `${Math.min(100, Math.round(used / max * 100))} 100`)
  }

  const all = () => document.querySelectorAll("[data-limit]").forEach(show)
  document.addEventListener("input", (event) => event.target.matches("[data-limit]") && show(event.target))
  document.addEventListener("htmx:after:swap", () => setTimeout(all))
  all()
}
