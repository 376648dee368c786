// time[data-local-time]: says the reader's own time beside it, unless the page knows the zone they chose.
function tell(node) {
  const beside = node.parentElement.querySelector("[data-reader-time]")
  if (beside && !beside.textContent.trim().endsWith("(UTC)")) return
  const how = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZoneName: "short" }
  const words = new Date(node.dateTime).toLocaleString(document.documentElement.lang, how)
  const note = beside || document.createElement("span")
  note.className = "small faint"
  note.textContent = beside ? `Your time: ${words}` : ` (your time: ${words})`
  if (!beside) node.after(note)
}

for (const node of document.querySelectorAll("time[data-local-time]")) tell(node)
