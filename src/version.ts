/** The version of the package. The release workflow writes it together with the one in package.json. */
export const version: string = "0.1.0";
