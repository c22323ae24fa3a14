"""Codes of rows by what was learned from others, without targets."""

from gradatim.catalog.entry import Entry

COATES = "Coates, Lee & Ng, An analysis of single-layer networks in unsupervised feature learning"
IMPORTANCE = (
    "Coates & Ng, The importance of encoding versus training with sparse coding and vector quantization"
)

ENTRIES = (
    Entry("kmeans_hard", "encoding", "gradatim.unsupervised.kmeans_codes:kmeans_hard", COATES, 2011,
          "F12 D23", "1 at the nearest centre of k-means, else 0: words of a visual vocabulary."),
    Entry("kmeans_triangle", "encoding", "gradatim.unsupervised.kmeans_codes:kmeans_triangle", COATES, 2011,
          "F12 D23", "How much nearer than on average each centre of k-means is, 0 where it is not."),
    Entry("sparse_code", "encoding", "gradatim.unsupervised.sparse_codes:sparse_code",
          "Mairal, Bach, Ponce & Sapiro, Online dictionary learning for sparse coding", 2009, "F12 D23",
          "Few atoms of a dictionary that together give a row again: the lasso's coefficients."),
    Entry("soft_threshold_code", "encoding", "gradatim.unsupervised.sparse_codes:soft_threshold_code",
          IMPORTANCE, 2011, "F12 D23",
          "A row's products with atoms, both signs, as far as they exceed a threshold."),
)  # fmt: skip
