/** Combining accents, as they stand apart in a decomposed text. */
const accents = /[\u0300-\u036f]/g

/** A header or a name for comparing: without case, accents, blanks and punctuation. */
export function comparable(text: string): string {
  return plain(text).replace(/[^\p{L}\p{M}\p{N}]+/gu, '')
}

/** The longest slug: with `contact.customAttributes.` before it, it still is the name of a flow variable. */
export const maxSlugLength = 64

/** A slug for a header: `Date d'échéance` → `date_d_echeance`. Letters of any script stay; a header without any gives `attribute`. */
export function slugOf(text: string): string {
  const slug = plain(text)
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .slice(0, maxSlugLength)
    .replace(/^_+|_+$/g, '')
  return slug.toWellFormed().replaceAll('\ufffd', '') || 'attribute'
}

/** Whether a text can be a slug: letters, digits, `_` and `-`. */
export function isSlug(text: string): boolean {
  return text.length <= maxSlugLength && /^[\p{L}\p{M}\p{N}_-]+$/u.test(text)
}

function plain(text: string): string {
  return text.normalize('NFD').replace(accents, '').normalize('NFC').toLowerCase()
}
