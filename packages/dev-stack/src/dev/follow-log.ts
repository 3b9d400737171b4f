import { createReadStream, existsSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'

const intervalMs = 100

/** Calls `onLine` with every line that is added to a file from now on. Returns what ends it. */
export function followLog(path: string, onLine: (line: string) => void): () => void {
  const lines = new PassThrough()
  createInterface({ input: lines }).on('line', onLine)
  let position = sizeOf(path)
  let isReading = false
  // The file is read by its size, not by `fs.watch`: that reports nothing on some network and container file systems.
  const timer = setInterval(() => {
    const size = sizeOf(path)
    if (isReading || size <= position) return
    isReading = true
    const part = createReadStream(path, { start: position, end: size - 1 })
    position = size
    part.pipe(lines, { end: false })
    part.once('close', () => {
      isReading = false
    })
  }, intervalMs)
  return () => {
    clearInterval(timer)
    lines.end()
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0
}
