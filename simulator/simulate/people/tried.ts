/** Whether the action succeeded. A refusal because of a change meanwhile is no fault: people see an error and ignore it. */
export async function tried(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing;
    return true;
  } catch {
    return false;
  }
}
