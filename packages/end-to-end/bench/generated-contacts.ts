const chunkRows = 5_000

/** A CSV file of `count` contacts with distinct numbers, generated while it is read, so that memory never holds all of it. */
export function generatedContacts(contacts: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  let next = 0
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode('phone,first name,last name,credit,city\n')),
    pull(controller) {
      const rows = Array.from({ length: Math.min(chunkRows, contacts - next) }, (_, offset) => rowOf(next + offset))
      next += rows.length
      if (rows.length > 0) controller.enqueue(encoder.encode(rows.join('')))
      if (next === contacts) controller.close()
    },
  })
}

function rowOf(index: number): string {
  return `+2126${String(index).padStart(8, '0')},Contact${index},Nom${index % 1_000},${index % 5_000},Rabat\n`
}
