// What the reader typed, in the browser's own storage: it survives a reload, and leaves this machine never.

const PREFIX = "ptx-in-the-page";

const quietly = (action) => {
  try {
    return action();
  } catch {
    return undefined; // storage may be switched off, or full
  }
};

/** The fields kept for a kernel, or null. */
export const recall = (kernel) =>
  quietly(() => JSON.parse(localStorage.getItem(`${PREFIX}:${kernel}`) ?? "null")) ?? null;

/** Keep the fields of a kernel; null forgets them. Returns whether that could be done. */
export const keep = (kernel, fields) =>
  quietly(() => {
    if (fields === null) localStorage.removeItem(`${PREFIX}:${kernel}`);
    else localStorage.setItem(`${PREFIX}:${kernel}`, JSON.stringify(fields));
    return true;
  }) ?? false;

export const recallChoice = () => quietly(() => localStorage.getItem(PREFIX)) ?? null;
export const keepChoice = (kernel) => quietly(() => localStorage.setItem(PREFIX, kernel));
