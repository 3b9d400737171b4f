import wavefile from 'wavefile'

/** The sampling rate of the telephone network. */
const samplesPerSecond = 8_000

/** A WAV file as a PBX plays it: 8 kHz, one channel, 16 bits. */
export function telephoneWav(audio: Uint8Array): Uint8Array {
  const wav = new wavefile.WaveFile()
  wav.fromBuffer(withKnownLength(audio))
  if (wav.bitDepth !== '16') wav.toBitDepth('16')
  const { numChannels, sampleRate } = wav.fmt as { numChannels: number; sampleRate: number }
  if (numChannels === 1 && sampleRate === samplesPerSecond) return wav.toBuffer()
  if (sampleRate !== samplesPerSecond) wav.toSampleRate(samplesPerSecond)
  if (numChannels === 1) return wav.toBuffer()
  const channels = wav.getSamples(false, Int16Array) as unknown as Int16Array[]
  const mono = Int16Array.from(
    channels[0] ?? [],
    (_, at) => channels.reduce((sum, samples) => sum + (samples[at] ?? 0), 0) / channels.length,
  )
  const mixed = new wavefile.WaveFile()
  mixed.fromScratch(1, samplesPerSecond, '16', mono)
  return mixed.toBuffer()
}

/** A tone of 1 400 Hz for 200 ms, as answering machines have it. */
export function beepWav(): Uint8Array {
  const samples = Int16Array.from({ length: samplesPerSecond / 5 }, (_, at) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * 1_400 * at) / samplesPerSecond)),
  )
  const wav = new wavefile.WaveFile()
  wav.fromScratch(1, samplesPerSecond, '16', samples)
  return wav.toBuffer()
}

/** A program that writes to a pipe does not know the length when it writes the header. */
function withKnownLength(audio: Uint8Array): Uint8Array {
  const copy = Buffer.from(audio)
  if (copy.toString('latin1', 0, 4) !== 'RIFF') throw new Error('the audio is no WAV file')
  copy.writeUInt32LE(copy.length - 8, 4)
  const at = copy.indexOf('data', 12, 'latin1')
  if (at < 0) throw new Error('the WAV file has no samples')
  const rest = copy.length - at - 8
  if (copy.readUInt32LE(at + 4) > rest) copy.writeUInt32LE(rest, at + 4)
  return copy
}
