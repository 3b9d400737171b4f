import { existsSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../repository.ts'
import type { ServiceName } from '../service-names.ts'

/** An editor writes a file in several steps, and a checkout writes many files. */
const quietMs = 150

/** Calls `onChange` with the services that a change of a source file concerns. Returns what ends the watch. */
export function watchSources(services: readonly ServiceName[], onChange: (names: ServiceName[]) => void): () => void {
  const folders = services.map((name) => ({ name, folders: foldersOf(name) }))
  const changed = new Set<ServiceName>()
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    onChange([...changed])
    changed.clear()
  }
  const watchers = [...new Set(folders.flatMap((own) => own.folders))].flatMap((folder) => {
    const users = folders.filter((own) => own.folders.includes(folder)).map(({ name }) => name)
    const onEvent = (_event: string, file: string | null) => {
      if (file !== null && !isSource(file)) return
      for (const name of users) changed.add(name)
      clearTimeout(timer)
      timer = setTimeout(flush, quietMs)
    }
    return ['src', 'migrations', 'profiles'].flatMap((part) => {
      const path = join(repositoryRoot, folder, part)
      return existsSync(path) ? [watch(path, { recursive: true }, onEvent)] : []
    })
  })
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}

export function isSource(file: string): boolean {
  return /\.(ts|sql|json)$/.test(file) && !file.endsWith('.test.ts')
}

/** The folders whose code a service runs: its own, and those of the packages that it uses, directly or not. */
export function foldersOf(service: ServiceName): string[] {
  const found = new Set<string>()
  const visit = (folder: string) => {
    if (found.has(folder)) return
    found.add(folder)
    for (const name of dependenciesOf(folder)) visit(`packages/${name}`)
  }
  visit(`services/${service}`)
  return [...found]
}

function dependenciesOf(folder: string): string[] {
  const manifest = readFileSync(join(repositoryRoot, folder, 'package.json'), 'utf8')
  const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: Record<string, string> }
  return Object.keys(dependencies).flatMap((name) => (name.startsWith('@carillon/') ? [name.slice('@carillon/'.length)] : []))
}
