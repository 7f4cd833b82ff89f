import fc from "fast-check";

// Few examples, and the same ones in each run: the same mutants survive, and a run takes minutes.
fc.configureGlobal({ numRuns: 20, seed: 1 });
