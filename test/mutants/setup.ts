import fc from "fast-check";

// Few examples, which are the same in each run, so that the same mutants survive and a run takes only minutes.
fc.configureGlobal({ numRuns: 20, seed: 1 });
