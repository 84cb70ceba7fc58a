// Where a rank falls exactly on the border of two buckets, histogramQuantile takes the upper one,
// however far away; a hair below the border it takes the one in which the request was.
hair = 0.0000000001
