module.exports = {
  rules: {
    // Read from what they are to what they use, not by the alphabet.
    'service-keys-order': 0,
    'services-alphabetical-order': 0,
    'top-level-properties-order': 0,
    // A name for what is built here, so that another registry's image can take its place.
    'no-build-and-image': 0,
    // It can't follow YAML's aliases; test_compose_file.py asserts the tags.
    'service-image-require-explicit-tag': 0,
  },
};
