export async function selfCheck(): Promise<number> {
  return 0;
}
