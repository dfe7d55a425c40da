"""Recordings of silence, made by hand."""

import wave
from io import BytesIO

# MPEG-1 layer III, 128 kbit/s, 44.1 kHz, joint stereo: 417 bytes and 1152 samples, all of them zero.
FRAME = b"\xff\xfb\x90\x64" + bytes(413)


def mp3(seconds: int) -> bytes:
    return FRAME * -(-44_100 * seconds // 1152)


def wav(seconds: int) -> bytes:
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 8000 * seconds)
    return out.getvalue()


def frame(kbits: int, padding: int = 0, head: bytes = b"") -> bytes:
    """A frame of this bitrate; `head` stands where a Xing header would, after 32 bytes of side information."""
    index = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320].index(kbits)
    length = 144_000 * kbits // 44_100 + padding
    return (b"\xff\xfb" + bytes([index << 4 | padding << 1, 0x64]) + bytes(32) + head).ljust(length, b"\0")


def mp3_vbr(seconds: int, *, header: bool = True) -> bytes:
    """Of changing bitrates, with what a Xing header says of it or without."""
    count = -(-44_100 * seconds // 1152)
    body = b"".join(frame(64 if n % 7 else 192) for n in range(count))
    # http://www.mp3-tech.org/programmer/decoding.html: flags, frames, bytes.
    xing = b"Xing" + (3).to_bytes(4, "big") + count.to_bytes(4, "big") + (len(body) + 208).to_bytes(4, "big")
    return frame(64, head=xing) + body if header else body


def id3(size: int) -> bytes:
    """A tag of `size` bytes, as a large picture makes it."""
    return b"ID3\3\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + bytes(size)


def m4a(seconds: int, *, last: bool = False, brand: bytes = b"M4A ", table: int = 400_000) -> bytes:
    """What is in it stands before the audio, or after it."""

    def atom(name: bytes, *inside: bytes) -> bytes:
        data = b"".join(inside)
        return (8 + len(data)).to_bytes(4, "big") + name + data

    # ISO 14496-12, section 8.2.2: version and flags, two dates, time scale, duration.
    mvhd = atom(b"mvhd", bytes(12), (1000).to_bytes(4, "big"), (seconds * 1000).to_bytes(4, "big"), bytes(80))
    track = atom(b"trak", atom(b"mdia", atom(b"minf", atom(b"stbl", atom(b"stsz", bytes(table))))))
    moov, mdat = atom(b"moov", mvhd, track), atom(b"mdat", bytes(16_000 * seconds))
    return atom(b"ftyp", brand, bytes(8)) + (mdat + moov if last else moov + mdat)


def ogg(codec: bytes, seconds: int, rate: int = 48_000) -> bytes:
    """A stream of pages (RFC 3533), of which the last says how long it is."""

    def page(kind: int, position: int, number: int, packet: bytes) -> bytes:
        head = b"OggS\0" + bytes([kind]) + position.to_bytes(8, "little") + b"\1\0\0\0" + number.to_bytes(4, "little")
        sizes = [255] * (len(packet) // 255) + [len(packet) % 255]
        return head + bytes(4) + bytes([len(sizes), *sizes]) + packet

    pages = [page(4 if n == seconds else 0, rate * n, n, bytes(8000)) for n in range(1, seconds + 1)]
    return page(2, 0, 0, codec) + b"".join(pages)


OPUS_HEAD = b"OpusHead\1\2\0\0" + (48_000).to_bytes(4, "little") + bytes(3)
