// An open details.menu closes on a press elsewhere, on Escape (focus returns to its button) and after a choice.
{
  const open = () => document.querySelectorAll("details.menu[open]")

  document.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target) || event.target.closest(".pop .item:not(summary)")) menu.open = false
    }
  })

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    for (const menu of open()) {
      const inside = menu.contains(document.activeElement)
      menu.open = false
      if (inside) menu.querySelector("summary").focus()
    }
  })
}
