/** An event that contradicts what is known, or cannot be true. It will never be applied, however often it is tried. */
export class EventRefusedError extends Error {
  override name = 'EventRefusedError'
}
