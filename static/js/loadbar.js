// The thin bar at the top runs while something has been loading for more than 200 ms.
{
  let running = 0
  let timer
  const bar = () => document.querySelector(".loadbar")

  document.addEventListener("htmx:before:request", () => {
    running += 1
    clearTimeout(timer)
    timer = setTimeout(() => running > 0 && bar()?.classList.add("htmx-request"), 200)
  })

  document.addEventListener("htmx:finally:request", () => {
    running = Math.max(0, running - 1)
    if (running > 0) return
    clearTimeout(timer)
    bar()?.classList.remove("htmx-request")
  })
}
