import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@carillon/service-kit/process/logger'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { promptSource } from '../src/carriers/asterisk/prompt-source.ts'
import { espeak } from '../src/speech/espeak.ts'
import { renderedPrompts } from '../src/speech/rendered-prompts.ts'
import type { SpeechEngine } from '../src/speech/speech.ts'
import { speechService } from '../src/speech/speech-service.ts'
import { beepWav } from '../src/speech/telephone-wav.ts'

const logger = createLogger('test', 'silent')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-prompts-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Says a beep for everything, and counts. */
function countingEngine(name = 'test') {
  const said: string[] = []
  const engine: SpeechEngine = {
    name,
    async speak({ text }) {
      said.push(text)
      if (text === 'fail') throw new Error('no voice')
      return beepWav()
    },
  }
  return { engine, said }
}

test('a text is rendered once, however many calls ask for it at the same time', async () => {
  const { engine, said } = countingEngine()
  const prompts = renderedPrompts(join(folder, 'new'), engine)
  const names = await Promise.all(Array.from({ length: 20 }, () => prompts.fileOf({ text: 'Hello', language: 'en' })))
  expect(new Set(names).size).toBe(1)
  await prompts.fileOf({ text: 'Hello', language: 'en' })
  await prompts.fileOf({ text: 'Hello', language: 'fr' })
  expect(said).toEqual(['Hello', 'Hello'])
  expect((await readdir(join(folder, 'new'))).sort()).toEqual(
    [...new Set([`${names[0]}.wav`, `${await prompts.fileOf({ text: 'Hello', language: 'fr' })}.wav`])].sort(),
  )
})

test('another engine says the same text in a file of its own', async () => {
  const name = await renderedPrompts(folder, countingEngine('one').engine).fileOf({ text: 'Hello' })
  expect(await renderedPrompts(folder, countingEngine('two').engine).fileOf({ text: 'Hello' })).not.toBe(name)
})

test('a text that could not be spoken is tried again by the next call', async () => {
  const { engine, said } = countingEngine()
  const prompts = renderedPrompts(folder, engine)
  await expect(prompts.fileOf({ text: 'fail' })).rejects.toThrow('no voice')
  await expect(prompts.fileOf({ text: 'fail' })).rejects.toThrow('no voice')
  expect(said.length).toBe(2)
  expect(await readdir(folder)).toEqual([])
})

test('prompts are sounds of the PBX, and a name cannot lead out of its folder', async () => {
  const source = promptSource(renderedPrompts(folder, countingEngine().engine), '/pbx/prompts', logger)
  expect(await source({ media: 'menus/main.wav' })).toBe('sound:menus/main')
  expect(await source({ text: 'Hello' })).toMatch(/^sound:\/pbx\/prompts\/[0-9a-f]{64}$/)
  expect(await source('beep')).toBe('sound:/pbx/prompts/beep')
  for (const media of ['../secret', '/etc/passwd', 'a/../../b', 'a//b', 'https://10.0.0.1/x', 'sound:x', 'a\nb', '', '.hidden']) {
    expect(await source({ media })).toBeNull()
  }
  expect(await source({ text: 'fail' })).toBeNull()
})

test('espeak-ng speaks, and is given no text and no voice that it could take for an option', async () => {
  const name = await renderedPrompts(folder, espeak()).fileOf({ text: '--version', language: 'fr-FR' })
  expect((await readFile(join(folder, `${name}.wav`))).length).toBeGreaterThan(4_000)
  await expect(espeak().speak({ text: 'Hello', voice: '-w/tmp/x' })).rejects.toThrow('there is no voice')
  await expect(espeak().speak({ text: 'Hello', voice: 'klingonese' })).rejects.toThrow('espeak-ng failed')
  await expect(espeak('/nowhere/espeak').speak({ text: 'Hello' })).rejects.toThrow('ENOENT')
})

test('a speech service is asked in the words of OpenAI’s interface', async () => {
  const asked: { url: string; authorization: string; body: unknown }[] = []
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await request.toArray()).join('')) as { input: string }
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization ?? '', body })
    if (body.input === 'fail') response.writeHead(429).end('slow down')
    else response.end(beepWav())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tts`
  try {
    const engine = speechService({ url, apiKey: 'k', model: 'm', voice: 'v' })
    expect(Buffer.from(await engine.speak({ text: 'Hello' })).equals(Buffer.from(beepWav()))).toBe(true)
    expect(asked).toEqual([
      { url: '/tts/v1/audio/speech', authorization: 'Bearer k', body: { model: 'm', input: 'Hello', voice: 'v', response_format: 'wav' } },
    ])
    await expect(engine.speak({ text: 'fail' })).rejects.toThrow('answered 429: slow down')
  } finally {
    server.close()
  }
})
