import { hasTypeOf, isPlainObject, type JsonSchema, listedValues, membersOf } from './json-schema.ts'

/** The member of a union that a value was meant to be; else the property that selects one, with its values; else what the value must do. */
export type UnionChoice =
  /** `isOnly` if the value can match no other member, or none. */
  | { readonly member: JsonSchema; readonly isOnly?: true }
  | { readonly property: string; readonly values: readonly unknown[]; readonly isOnly?: boolean }
  | { readonly property?: undefined; readonly expected?: string }

/** Finds the member of a union against which a value that fits none of them is explained. */
export function unionMember(members: readonly JsonSchema[], value: unknown): UnionChoice {
  const flat = members.flatMap((member) => (listedValues(member) ? [member] : (membersOf(member) ?? [member])))
  const meaningful = flat.filter((member) => member.type !== 'null')
  const [only, ...others] = meaningful
  if (only && others.length === 0 && meaningful.length === flat.length) return { member: only }
  const fitting = meaningful.filter((member) => hasTypeOf(member, value) && !listedValues(member))
  const [first, ...rest] = fitting
  if (!first) return {}
  if (rest.length === 0) return { member: first }
  if (!isPlainObject(value) || !fitting.every((member) => member.type === 'object')) return {}
  return byLiteral(fitting, value) ?? byKey(fitting, value)
}

/** By a property that has a fixed value, or a list of them, in every member: `type`. */
function byLiteral(members: readonly JsonSchema[], value: Record<string, unknown>): UnionChoice | undefined {
  const property = Object.keys(members[0]?.properties ?? {}).find((key) => members.every((member) => valuesAt(member, key) !== undefined))
  if (property === undefined) return undefined
  const given = Object.hasOwn(value, property) ? value[property] : undefined
  const member = members.find((candidate) => valuesAt(candidate, property)?.includes(given))
  if (member) return { member, isOnly: true }
  const values = members.flatMap((candidate) => valuesAt(candidate, property) ?? [])
  return { property, values, isOnly: members.every(({ required }) => required?.includes(property)) }
}

function valuesAt(member: JsonSchema, key: string): readonly unknown[] | undefined {
  const field = member.properties?.[key]
  return field && listedValues(field)
}

/** By a required field that only one member has: `all` or `any`. */
function byKey(members: readonly JsonSchema[], value: Record<string, unknown>): UnionChoice {
  const own = members.map((member) => {
    const others = members.filter((other) => other !== member)
    return (member.required ?? []).filter((key) => others.every((other) => !Object.hasOwn(other.properties ?? {}, key)))
  })
  const candidates = members.filter((_, index) => own[index]?.some((key) => Object.hasOwn(value, key)))
  const [candidate, ...others] = candidates
  if (candidate && others.length === 0) return { member: candidate }
  const keys = own.flat()
  return keys.length === 0 ? {} : { expected: `have ${candidate ? 'only ' : ''}one of the fields ${keys.join(', ')}` }
}
