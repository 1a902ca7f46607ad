/** Whether it was done. What is refused because things moved meanwhile is no fault: people see an error and shrug. */
export async function tried(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing;
    return true;
  } catch {
    return false;
  }
}
