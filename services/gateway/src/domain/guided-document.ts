interface Tag {
  name: string
  description?: string
}

interface TagGroup {
  name: string
  tags: string[]
}

interface OpenApiDocument {
  tags?: Tag[]
  'x-tagGroups'?: TagGroup[]
}

/**
 * The document with guides before the reference. A guide is a tag without operations: the documentation page shows it as a chapter of its own,
 * and finds its words.
 */
export function withGuides<T extends object>(document: T, guides: readonly Tag[]): T & OpenApiDocument {
  const { tags = [], 'x-tagGroups': groups = [{ name: 'Reference', tags: tags.map(({ name }) => name) }] }: OpenApiDocument = document
  return {
    ...document,
    tags: [...guides, ...tags],
    'x-tagGroups': [{ name: 'Guides', tags: guides.map(({ name }) => name) }, ...groups],
  }
}
