/** Whether this is the scheduled `npm run test:long`: the same tests with more runs, rows and steps than `npm test` has time for. */
export const isLong = process.env.MODE === "long";

export function often(short: number, long: number): number {
  return isLong ? long : short;
}
