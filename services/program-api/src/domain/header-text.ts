/** Combining accents, which are separate characters in a decomposed text. */
const accents = /[\u0300-\u036f]/g

/** A header or a name in a form to compare: without case, accents, blanks and punctuation. */
export function comparable(text: string): string {
  return plain(text).replace(/[^\p{L}\p{M}\p{N}]+/gu, '')
}

/** The longest slug. With `contact.customAttributes.` before it, it is still a valid name of a flow variable. */
export const maxSlugLength = 64

/** A slug for a header: `Date d'échéance` → `date_d_echeance`. Letters of every script stay. A header without any gives `attribute`. */
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
