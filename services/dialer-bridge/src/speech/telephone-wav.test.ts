import { expect, test } from 'vitest'
import wavefile from 'wavefile'
import { beepWav, telephoneWav } from './telephone-wav.ts'

/** A second of a tone of 400 Hz. */
function tone(channels: number, samplesPerSecond: number): Uint8Array {
  const samples = Int16Array.from({ length: samplesPerSecond }, (_, at) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * 400 * at) / samplesPerSecond)),
  )
  const wav = new wavefile.WaveFile()
  wav.fromScratch(channels, samplesPerSecond, '16', channels === 1 ? samples : [samples, samples])
  return wav.toBuffer()
}

function read(audio: Uint8Array) {
  const wav = new wavefile.WaveFile(audio)
  const { numChannels, sampleRate, bitsPerSample } = wav.fmt as { numChannels: number; sampleRate: number; bitsPerSample: number }
  return { numChannels, sampleRate, bitsPerSample, samples: wav.getSamples(true, Int16Array) as unknown as Int16Array }
}

test.for([
  [1, 8_000],
  [1, 22_050],
  [1, 24_000],
  [2, 44_100],
] as const)('audio of %i channels at %i Hz becomes what a PBX plays, as long and as loud', ([channels, rate]) => {
  const { samples, ...format } = read(telephoneWav(tone(channels, rate)))
  expect(format).toEqual({ numChannels: 1, sampleRate: 8_000, bitsPerSample: 16 })
  expect(Math.abs(samples.length - 8_000)).toBeLessThan(50)
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
  expect(loudest).toBeGreaterThan(8_000)
  expect(loudest).toBeLessThan(12_500)
})

test('a length that the writer did not know is made up for', () => {
  const piped = Buffer.from(tone(1, 22_050))
  piped.writeUInt32LE(0xffffffff, 4)
  piped.writeUInt32LE(0x7ffff000, piped.indexOf('data') + 4)
  expect(Math.abs(read(telephoneWav(piped)).samples.length - 8_000)).toBeLessThan(50)
})

test('what is no WAV file is refused', () => {
  expect(() => telephoneWav(Buffer.from('<html>no audio</html>'))).toThrow('no WAV file')
})

test('the beep is a short tone', () => {
  expect(read(beepWav())).toMatchObject({ numChannels: 1, sampleRate: 8_000 })
})
