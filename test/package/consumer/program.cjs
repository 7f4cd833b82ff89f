const assert = require("node:assert/strict");
try {
  assert.equal(typeof require("sfc-preview-sdk").SfcClient, "function");
} catch (error) {
  if (error.code !== "ERR_REQUIRE_ESM") throw error;
}
