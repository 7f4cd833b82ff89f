/** Whether every package that this one needs has a licence that may be used here: `npm run check:licences`. Reads the lock file's packages, offline. */
import { fileURLToPath } from "node:url";
import { judge } from "./licences/judge.js";
import { installedPackages } from "./licences/packages.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const packages = installedPackages(root);
const faults = packages.flatMap((each) => judge(each) ?? []);
for (const fault of faults) console.error(fault);
const shipped = new Set(packages.filter(({ isShipped }) => isShipped).map(({ name }) => name));
if (faults.length === 0) {
  console.log(
    `${packages.length} packages, ${shipped.size} of them shipped (${[...shipped].join(", ")}): all licences fit.`,
  );
}
process.exitCode = faults.length > 0 ? 1 : 0;
