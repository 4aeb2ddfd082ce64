import assert from "node:assert/strict";
import { test } from "node:test";
import { namesIn, toggled } from "../../app/static/js/tags.js";

test("a line of tags is read in every script", () => {
  assert.deepEqual(namesIn(" sea,  long walk ，海、、"), ["sea", "long walk", "海"]);
  assert.deepEqual(namesIn("بحر، سفر"), ["بحر", "سفر"]);
});

test("a tag is added once and taken away again, however it is spelled", () => {
  assert.equal(toggled("", "sea"), "sea");
  assert.equal(toggled("walk", "sea"), "walk, sea");
  assert.equal(toggled("walk, SEA", "sea"), "walk");
  assert.equal(toggled("sea", "sea/harbour"), "sea, sea/harbour");
  assert.equal(toggled("#sea, walk", "sea"), "walk");
});
