// A toast leaves after six seconds, but stays while it is pointed at or holds the focus.
{
  const STAY = 6000

  const start = (toast) => {
    let timer
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) timer = setTimeout(leave, 1000)
      else toast.remove()
    }
    timer = setTimeout(leave, STAY)
    toast.addEventListener("click", (event) => {
      if (event.target.closest("[data-dismiss]")) { clearTimeout(timer); toast.remove() }
    })
  }

  const look = () => {
    for (const toast of document.querySelectorAll(".toasts > .toast:not([data-started])")) {
      toast.dataset.started = ""
      start(toast)
    }
  }

  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".note")?.remove())
  document.addEventListener("htmx:after:swap", () => setTimeout(look))
  look()
}
