import { comparable, maxSlugLength, slugOf } from './header-text.ts'

/** The meaning of a file's columns, by their position. */
export interface ContactColumns {
  phone: number
  firstName: number | null
  lastName: number | null
  /** A column that holds both names, and whether the last name comes first in it. */
  fullName: { index: number; lastNameFirst: boolean } | null
  attributes: AttributeColumn[]
}

export interface AttributeColumn {
  index: number
  header: string
  slug: string
}

/** A custom attribute that the organization already has. */
interface KnownAttribute {
  slug: string
  displayName: string
}

const list = (text: string) => new Set(text.split(/\s+/).filter(Boolean).map(comparable))

/** Headers that mean "phone" and nothing else, in several languages. If several columns have one, the first column counts. */
const phoneHeaders = list(`
  phone phones phone_number phonenumber phone_no phone1 mobile mobile_number mobile_phone mobile_no cell cellphone cell_phone cellular msisdn gsm tel
  telephone telephone_number whatsapp contact_phone customer_phone client_phone
  téléphone téléphones tél numéro_téléphone numéro_de_téléphone n°_de_téléphone n°_téléphone n°_tél num_tél num_de_tél numtel num_téléphone portable
  téléphone_portable téléphone_mobile tél_portable tél_mobile numéro_gsm numéro_portable
  teléfono teléfono_móvil móvil celular número_de_teléfono telefon telefonnummer handy handynummer mobiltelefon rufnummer telefone telemóvel
  número_de_telefone telefono cellulare numero_di_telefono telefoon telefoonnummer
  الهاتف هاتف رقم_الهاتف رقم_هاتف الجوال جوال رقم_الجوال المحمول رقم_المحمول`)

/** Headers that mean a phone number if no other column has a better one. */
const numberHeaders = list('number numbers numéro numéros num n° no numero número nummer الرقم رقم to destination called callee contact')

/** Parts of headers about phones, such as `phone_2`… */
const aboutPhones = /phone|telefon|mobile|gsm|msisdn|portable|celular|cellulare|handynummer|هاتف|جوال/
/** …unless they are about something else of the phone, such as `phone_type`. */
const aboutSomethingElse =
  /type|model|brand|marque|operat|operad|country|pays|date|optin|consent|comment|note|valid|status|statut|owner|id$/

const firstNameHeaders = list(`
  first_name first firstname given_name given_names forename fname prénom prénoms vorname primer_nombre nombre_de_pila nome_próprio voornaam
  الاسم_الأول الاسم_الشخصي`)
const lastNameHeaders = list(`
  last_name last lastname surname family_name lname nom nom_de_famille nachname familienname apellido apellidos sobrenome cognome achternaam
  الاسم_العائلي النسب اللقب`)
const fullNameHeaders = list(`
  full_name fullname name names contact_name customer_name client_name customer client nom_complet prénom_nom prénom_et_nom nombre_completo
  nombre_y_apellidos nome_completo vollständiger_name الاسم الاسم_الكامل`)
const lastThenFirstHeaders = list(
  'nom_prénom nom_et_prénom noms_et_prénoms nom_&_prénom nom/prénom apellidos_y_nombre cognome_e_nome nachname_vorname',
)
/** Headers that mean "name": the first name if another column holds the last name. */
const namesHeaders = list('nombre nombres nome name الاسم')

/**
 * Recognizes the columns of a file by their headers: the phone, the names, and a custom attribute for every other column. A column without a header
 * is skipped. Null if no column is a phone number.
 */
export function recognizeColumns(headers: readonly string[], known: readonly KnownAttribute[]): ContactColumns | null {
  const keys = headers.map(comparable)
  const taken = new Set<number>()
  const take = (matches: (key: string, index: number) => boolean): number | null => {
    const index = keys.findIndex((key, at) => key !== '' && !taken.has(at) && matches(key, at))
    if (index === -1) return null
    taken.add(index)
    return index
  }

  const phone =
    take((key) => phoneHeaders.has(key)) ??
    take((key) => aboutPhones.test(key) && !aboutSomethingElse.test(key)) ??
    take((key) => numberHeaders.has(key))
  if (phone === null) return null

  const lastThenFirst = take((key) => lastThenFirstHeaders.has(key))
  let firstName = take((key) => firstNameHeaders.has(key))
  const lastName = take((key) => lastNameHeaders.has(key))
  if (firstName === null && lastName !== null) firstName = take((key) => namesHeaders.has(key))
  const both = lastThenFirst ?? take((key) => fullNameHeaders.has(key) || namesHeaders.has(key))

  return {
    phone,
    firstName,
    lastName,
    fullName: both === null ? null : { index: both, lastNameFirst: both === lastThenFirst },
    attributes: attributeColumns(headers, taken, known),
  }
}

function attributeColumns(headers: readonly string[], taken: ReadonlySet<number>, known: readonly KnownAttribute[]): AttributeColumn[] {
  const slugs = new Map(known.flatMap(({ slug, displayName }) => [[comparable(displayName), slug] as const]))
  for (const { slug } of known) slugs.set(comparable(slug), slug)
  const used = new Set<string>()
  return headers.flatMap((header, index) => {
    const name = header.trim()
    if (name === '' || taken.has(index)) return []
    const slug = unused(slugs.get(comparable(name)) ?? slugOf(name), used)
    used.add(slug)
    return [{ index, header: name.slice(0, 200).toWellFormed(), slug }]
  })
}

/** Two columns with the same header become two attributes: `city`, `city_2`. */
function unused(slug: string, used: ReadonlySet<string>): string {
  let candidate = slug
  for (let count = 2; used.has(candidate); count++) {
    const suffix = `_${count}`
    candidate = slug.slice(0, maxSlugLength - suffix.length) + suffix
  }
  return candidate
}
