interface Answer {
  statusCode: number
  headers: Record<string, unknown>
  json(): unknown
}

export interface ListedPage<Item> {
  items: Item[]
  /** Of a paged list. */
  meta?: { page: number; limit: number; total: number; totalPages: number; nextCursor: string | null }
  /** The address of the next page by the `Link` header. */
  next: string | null
}

/** Goes through a list by the `Link` header of each answer. `get` sends one request. `betweenPages` runs after each page but the last. */
export async function listPages<Item>(
  get: (url: string) => Promise<Answer>,
  firstUrl: string,
  betweenPages: (page: number) => Promise<void> = async () => {},
): Promise<ListedPage<Item>[]> {
  const pages: ListedPage<Item>[] = []
  for (let url: string | null = firstUrl; url !== null; ) {
    const page: ListedPage<Item> = listedPage(await get(url))
    pages.push(page)
    url = page.next
    if (url !== null) await betweenPages(pages.length)
  }
  return pages
}

function listedPage<Item>(answer: Answer): ListedPage<Item> {
  const body = answer.json()
  if (answer.statusCode !== 200) throw new Error(`a page was answered with ${answer.statusCode}: ${JSON.stringify(body)}`)
  const next = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1] ?? null
  if (Array.isArray(body)) return { items: body, next }
  const { data, meta } = body as { data: Item[]; meta: NonNullable<ListedPage<Item>['meta']> }
  const cursor = next === null ? null : new URL(next, 'http://list').searchParams.get('cursor')
  if (cursor !== meta.nextCursor) throw new Error(`the Link header has the cursor ${cursor}, and the body ${meta.nextCursor}`)
  return { items: data, meta, next }
}
