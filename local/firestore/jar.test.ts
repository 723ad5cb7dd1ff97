import { once, type EventEmitter } from "node:events";
import { createRequire } from "node:module";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { toManifest, toStoredZip } from "./jar.ts";

describe("toManifest", () => {
  const classPath = `file:///opt/${"very-long-folder/".repeat(20)}emulator.jar`;

  it("keeps every line to 72 bytes", () => {
    const lines = toManifest({ mainClass: "com.example.Main", classPath }).split("\r\n");
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBe(72);
  });

  it("reads as before once the continued lines are joined", () => {
    const manifest = toManifest({ mainClass: "com.example.Main", classPath });
    expect(manifest.replaceAll("\r\n ", "")).toBe(
      `Manifest-Version: 1.0\r\nMain-Class: com.example.Main\r\nClass-Path: ${classPath}\r\n\r\n`,
    );
  });

  it("does not continue a line of exactly 72 bytes", () => {
    const exact = "x".repeat(72 - "Class-Path: ".length);
    expect(toManifest({ mainClass: "A", classPath: exact })).toContain(`\r\nClass-Path: ${exact}\r\n\r\n`);
  });
});

describe("toStoredZip", () => {
  const file = { name: "META-INF/MANIFEST.MF", content: "Manifest-Version: 1.0\r\n\r\n" };

  it("holds the file for an independent reader", async () => {
    const { entry, content } = await readOnlyEntry(toStoredZip(file));
    expect(entry.fileName).toBe(file.name);
    expect(content).toBe(file.content);
    expect(entry.crc32).toBe(crc32(file.content));
  });
});

interface Entry {
  fileName: string;
  crc32: number;
}

interface ZipFile extends EventEmitter {
  openReadStream(entry: Entry, callback: (error: Error | null, stream: Readable) => void): void;
}

interface Yauzl {
  fromBuffer: (zip: Buffer, options: object, callback: (error: Error | null, file: ZipFile) => void) => void;
}

async function readOnlyEntry(zip: Buffer): Promise<{ entry: Entry; content: string }> {
  const fromHere = createRequire(import.meta.url);
  const yauzl: Yauzl = createRequire(fromHere.resolve("njre"))("yauzl");
  const zipFile = await promisify(yauzl.fromBuffer)(zip, { lazyEntries: false });
  const events = await once(zipFile, "entry");
  const entry: Entry = events[0];
  const stream = await promisify(zipFile.openReadStream.bind(zipFile))(entry);
  return { entry, content: await text(stream) };
}
