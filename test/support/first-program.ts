/** The output of the first program of the README on the simulator: hardware, then pools. */
export const firstProgramLines: readonly string[] = [
  "antares NVIDIA B200 eu-north",
  "alameda NVIDIA H200 us-east",
  "richmond NVIDIA H100 us-west",
  "notebooks market",
  "spare market",
  "main market",
];
