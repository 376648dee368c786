// Adds the reader's own time beside a time of another zone.
function tell(node) {
  const moment = new Date(node.dateTime)
  const words = moment.toLocaleString(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZoneName: "short" })
  const note = document.createElement("span")
  note.className = "small faint"
  note.textContent = ` (your time: ${words})`
  node.after(note)
}

for (const node of document.querySelectorAll("time[data-local-time]")) tell(node)
