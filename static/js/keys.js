// Keys: / focuses the search, ? opens the list of keys, J and K walk through [data-keys], Enter opens.
// A row may carry [data-key="a"] buttons; pressing that letter presses the button of the current row or page.
{
  const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog[open]")

  const show = (element) => {
    element.scrollIntoView({ block: "nearest" })
    element.focus()
  }

  const walk = (list, step) => {
    const links = [...list.querySelectorAll("a.t")]
    const here = document.activeElement.closest("li, article, tr")
    const now = links.findIndex((link) => link === document.activeElement || (here && here.contains(link)))
    const start = now < 0 ? links.findIndex((link) => link.hasAttribute("aria-current")) : now
    const next = links[Math.max(0, Math.min(links.length - 1, start + step))]
    if (next) show(next)
  }

  const press = (letter) => {
    const row = document.activeElement.closest("[data-keys] li, [data-keys] article")
    const name = `[data-key="${letter}"]`
    const target = (row && row.querySelector(name)) || document.querySelector(name)
    if (!target) return false
    if (target.matches("input, textarea, select")) {
      show(target)
      if (target.value && target.setSelectionRange) target.setSelectionRange(target.value.length, target.value.length)
    } else target.click()
    return true
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return
    if (document.body.dataset.keysOff !== undefined) return
    if (event.key === "/") {
      const fields = [...document.querySelectorAll("input[type=search]")]
      const field = fields.find((one) => one.offsetParent)
      if (!field) return
      event.preventDefault()
      field.focus()
      field.select()
    } else if (event.key === "?") {
      const list = document.querySelector("dialog[data-key-list]")
      if (list && !list.open) list.showModal()
    } else if (event.key === "j" || event.key === "k") {
      const list = document.activeElement.closest("[data-keys]") || document.querySelector("[data-keys]")
      if (list) walk(list, event.key === "j" ? 1 : -1)
    } else if (/^[a-z]$/.test(event.key)) {
      if (press(event.key)) event.preventDefault()
    }
  })
}
