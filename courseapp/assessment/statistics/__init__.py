"""Item statistics: what the answers of many say about the questions of one quiz version.

`counting` has the database add up; in `summaries`, `report` and `charts` nothing knows it: sums come in,
figures and charts go out.

Words, with 0 as nothing and 1 as everything:

- The *credit* is what one answer earned; an unanswered question earned 0.
- The *score* of an attempt is the exact mean credit of its questions, not the rounded per cent.
- The *rest score*, seen from one question, is the mean credit of the attempt's other questions.
- A question is *drawn* when it is in an attempt. Where every question is in every attempt the data are
  *complete*.
- The *facility* of a question is how much of its credit is earned; its *discrimination* is how well it
  tells those who know more from those who know less; *alpha* is how well all questions together do that.
- A *distractor* is an option that can be chosen, and above all a wrong one.
- The *upper* and the *lower group* are the attempts with the best and the worst scores, about 27 % each.

Which attempts are counted (all that are graded, each learner's first) is the caller's choice. The theory
behind the figures asks for one attempt of each learner: who tries again has learned from the first time,
and is counted twice.

What has been published about these figures, and is cited by author and year:

- L. Crocker, J. Algina: Introduction to Classical and Modern Test Theory (1986)
- L. J. Cronbach: Coefficient alpha and the internal structure of tests. Psychometrika 16 (1951)
- R. L. Ebel, D. A. Frisbie: Essentials of Educational Measurement, 5th edition (1991)
- T. M. Haladyna, S. M. Downing: How many options is enough for a multiple-choice test item?
  Educational and Psychological Measurement 53 (1993)
- S. Henrysson: Correction of item-total correlations in item analysis. Psychometrika 28 (1963)
- R. J. Hyndman, Y. Fan: Sample quantiles in statistical packages. The American Statistician 50 (1996)
- T. L. Kelley: The selection of upper and lower groups for the validation of test items.
  Journal of Educational Psychology 30 (1939)
- G. F. Kuder, M. W. Richardson: The theory of the estimation of test reliability. Psychometrika 2 (1937)
"""
