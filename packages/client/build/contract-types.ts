import ts from 'typescript'

/**
 * The types that a file exports, written out: `export interface Audience { id: string; … }`. In the sources they are derived from TypeBox
 * schemas of packages that are not published. Where a type contains another one that has a name, the name is written.
 */
export function typesWrittenOut(program: ts.Program, file: ts.SourceFile): string {
  const checker = program.getTypeChecker()
  const module = checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`${file.fileName} exports nothing`)
  const types = checker
    .getExportsOfModule(module)
    .map((exported) => (exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported))
    .map((symbol) => ({ name: symbol.name, parts: partsOf(checker.getDeclaredTypeOfSymbol(symbol)), comment: commentOf(checker, symbol) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

  const inFull: Write = (parts) => partsWritten(checker, parts, inFull)
  const names = new Map<string, string>()
  for (const { name, parts } of types) {
    const text = inFull(parts)
    // The body of a creating and of a changing request may be the same: neither is the name of the other.
    if (!name.endsWith('Request')) names.set(text, name)
  }
  const byName: Write = (parts) => {
    const core = parts.filter((part) => !isNull(part))
    const name = names.get(inFull(core))
    if (name === undefined) return partsWritten(checker, parts, byName)
    return core.length === parts.length ? name : `${name} | null`
  }
  return types
    .map(({ name, parts, comment }) => {
      const text = partsWritten(checker, parts, byName)
      return `${comment}export ${parts.length === 1 && text.startsWith('{') ? `interface ${name} ${text}` : `type ${name} = ${text}`}\n`
    })
    .join('\n')
}

/** Writes the union of these types; of one type, the type itself. */
type Write = (parts: readonly ts.Type[]) => string

const isNull = (type: ts.Type) => (type.flags & ts.TypeFlags.Null) !== 0
const isUndefined = (type: ts.Type) => (type.flags & ts.TypeFlags.Undefined) !== 0
const isBoolean = (type: ts.Type) => (type.flags & ts.TypeFlags.BooleanLiteral) !== 0

function partsOf(type: ts.Type): readonly ts.Type[] {
  return type.isUnion() ? type.types : [type]
}

function partsWritten(checker: ts.TypeChecker, parts: readonly ts.Type[], write: Write): string {
  const isAnyBoolean = parts.filter(isBoolean).length === 2
  const others = isAnyBoolean ? parts.filter((part) => !isBoolean(part)) : parts
  const texts = others.toSorted((a, b) => Number(isNull(a)) - Number(isNull(b))).map((part) => partWritten(checker, part, write))
  return [...(isAnyBoolean ? ['boolean'] : []), ...texts].join(' | ')
}

function partWritten(checker: ts.TypeChecker, type: ts.Type, write: Write): string {
  if (checker.isArrayType(type)) {
    const [item = 'unknown'] = checker.getTypeArguments(type as ts.TypeReference).map((argument) => write(partsOf(argument)))
    return /^\w+$/.test(item) ? `${item}[]` : `Array<${item}>`
  }
  if (type.flags & ts.TypeFlags.Object || type.isIntersection()) return objectWritten(checker, type, write)
  const plain = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.Null | ts.TypeFlags.Unknown
  if (type.flags & plain) return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)
  throw new Error(`a request or an answer cannot contain ${checker.typeToString(type)}`)
}

function objectWritten(checker: ts.TypeChecker, type: ts.Type, write: Write): string {
  if (checker.isTupleType(type) || type.getCallSignatures().length > 0) {
    throw new Error(`a request or an answer cannot contain ${checker.typeToString(type)}`)
  }
  const indexes = checker
    .getIndexInfosOfType(type)
    .map((index) => `[key: ${checker.typeToString(index.keyType)}]: ${write(partsOf(index.type))}`)
  const inOrder = type.getProperties().toSorted((a, b) => placeOf(a) - placeOf(b))
  const properties = inOrder.map((property) => {
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
    const parts = partsOf(checker.getTypeOfSymbol(property)).filter((part) => !(isOptional && isUndefined(part)))
    const key = /^[A-Za-z_$][\w$]*$/.test(property.name) ? property.name : JSON.stringify(property.name)
    return `${commentOf(checker, property)}${key}${isOptional ? '?' : ''}: ${write(parts)}`
  })
  return `{\n${[...indexes, ...properties].join('\n')}\n}`
}

/** The compiler lists properties in the order in which it met their names. Those of one file are written in the order of the file. */
function placeOf(property: ts.Symbol): number {
  return property.declarations?.[0]?.pos ?? 0
}

function commentOf(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim()
  return text === '' ? '' : `/**\n${text.replaceAll(/^/gm, ' * ')}\n */\n`
}
