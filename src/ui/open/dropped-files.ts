import type { GivenFile } from "../../store/open-types.ts";

/** What was dropped: files, and those of folders, one level deep. */
export async function droppedFiles({ items }: DataTransfer): Promise<readonly GivenFile[]> {
  // The list is emptied as soon as the event is over: entries are taken before anything is awaited.
  const entries = [...items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const files: GivenFile[] = [];
  for (const entry of entries) {
    if (isFile(entry)) files.push(await given(entry, entry.name));
    if (!isFolder(entry)) continue;
    for (const inner of await listed(entry))
      if (isFile(inner)) files.push(await given(inner, `${entry.name}/${inner.name}`));
  }
  return files;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

async function given(entry: FileSystemFileEntry, path: string): Promise<GivenFile> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return { path, file };
}

/** A reader hands out a hundred at a time, and none at the end. */
async function listed(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
