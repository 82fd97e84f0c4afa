"""Experiments that the pages on RNN and GRU offer to start from: each is one that a slow test holds."""

from models.claims.recurrence import (
    ADDING_IRNN,
    ADDING_LSTM,
    ADDING_RNN,
    BRACKETS_RNN,
    COPY_RNN,
    GRU_REMEMBERS,
    LSTM_COUNTS,
    RNN_FORGETS,
    RNN_NEAR,
)

RNN_STARTS = {
    "lag 3": RNN_NEAR.experiment,
    "lag 15": RNN_FORGETS.experiment,
    "lag 15, GRU": GRU_REMEMBERS.experiment,
    "brackets": BRACKETS_RNN.experiment,
    "an LSTM that counts": LSTM_COUNTS.experiment,
    "adding problem": ADDING_RNN.experiment,
    "adding, from the identity": ADDING_IRNN.experiment,
    "adding, LSTM": ADDING_LSTM.experiment,
    "copy memory": COPY_RNN.experiment,
}
GRU_STARTS = {"lag 15": GRU_REMEMBERS.experiment}
