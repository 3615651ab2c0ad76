// Searches the knowledge base with words of a person and fills in the template that is found; no server is needed.
import Knowledge

let base = KnowledgeBase.load()
for hit in base.search("create an index without blocking writes", limit: 3) {
  print("\(hit.id): \(hit.title)")
}
do {
  let filled = try base.fill(
    "index-concurrently", target: .rails, slots: ["table": "orders", "columns": "customer_id, created_at"])
  for file in filled.files { print("--- \(file.name)\n\(file.text)") }
} catch {
  print("could not fill in: \(error)")
}
