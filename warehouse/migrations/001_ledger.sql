-- The ledger of version 0.1.0: what the pipeline met and did.
CREATE TABLE ledger.schema_version (
    version BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE ledger.runs (
    run_id VARCHAR NOT NULL,
    input_state VARCHAR,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    outcome VARCHAR NOT NULL,
    exit_code BIGINT,
    release_id VARCHAR,
    files_waiting BIGINT,
    files_rejected BIGINT,
    message VARCHAR
);

CREATE TABLE ledger.steps (
    run_id VARCHAR NOT NULL,
    step VARCHAR NOT NULL,
    seconds DOUBLE NOT NULL,
    message VARCHAR NOT NULL
);

CREATE TABLE ledger.landing (
    file_name VARCHAR NOT NULL,
    bytes BIGINT NOT NULL,
    modified_ns BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL
);

CREATE TABLE ledger.files (
    file_id VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    reading VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    source VARCHAR,
    scope VARCHAR,
    as_of DATE,
    bytes BIGINT NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR NOT NULL,
    rejection VARCHAR,
    hint VARCHAR,
    lines BIGINT NOT NULL,
    lines_header BIGINT NOT NULL,
    lines_blank BIGINT NOT NULL,
    lines_total_row BIGINT NOT NULL,
    lines_note BIGINT NOT NULL,
    lines_continued BIGINT NOT NULL,
    rows_accepted BIGINT NOT NULL,
    rows_quarantined BIGINT NOT NULL,
    rows_corrected BIGINT NOT NULL
);

CREATE TABLE ledger.rejections (
    file_id VARCHAR NOT NULL,
    reading VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    rows_first_reason BIGINT NOT NULL,
    is_warning BOOLEAN NOT NULL
);

CREATE TABLE ledger.check_results (
    run_id VARCHAR NOT NULL,
    check_id VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    rows BIGINT NOT NULL
);

CREATE TABLE ledger.releases (
    sequence BIGINT NOT NULL,
    release_id VARCHAR NOT NULL,
    input_state VARCHAR NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    data_as_of DATE,
    previous_release_id VARCHAR,
    sha256 VARCHAR NOT NULL,
    what_changed VARCHAR NOT NULL
);
